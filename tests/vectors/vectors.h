/* SPDX-License-Identifier: Apache-2.0 */
/* tests/vectors/vectors.h - reads files of test vectors: those beside this file, and those of the
 * folder that JETON_VECTORS names. */
#ifndef JT_VECTORS_H
#define JT_VECTORS_H

#include <jeton/span.h>

#include <stdio.h>
#include <stdlib.h>

#define VECTORS_SKIPPED 77 /* what meson takes for "skipped" */

/* The folder of further vectors. Ends the program as skipped, with its name, when there is none. */
static inline const char *vectors_folder(const char *test)
{
    const char *folder = getenv("JETON_VECTORS");
    if (folder != NULL && folder[0] != '\0')
        return folder;
    printf("%s is skipped: JETON_VECTORS does not say where its vectors are\n", test);
    exit(VECTORS_SKIPPED);
}

/* A whole file, in memory of exactly its length; the caller frees .ptr. Ends the program when it
 * cannot be read: a test without its vectors must not pass. */
static inline jeton_span vectors_read(const char *folder, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0) {
        perror(path);
        exit(1);
    }
    const size_t len = (size_t)ftell(file);
    rewind(file);
    uint8_t *bytes = malloc(len > 0 ? len : 1);
    if (bytes == NULL || fread(bytes, 1, len, file) != len) {
        perror(path);
        exit(1);
    }
    fclose(file);
    return jeton_bytes(bytes, len);
}

#endif
