/* SPDX-License-Identifier: Apache-2.0 */
/* tests/fuzz/replay.c - runs one fuzz target over every file of a folder, without a fuzzer: the
 * seeds, and the inputs that once broke it. A folder without files fails. */
#include "fuzz.h"

#include <dirent.h>
#include <string.h>

/* The input is in memory of exactly its length, so that reading past its end is seen. */
static int replay(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0) {
        perror(path);
        return 1;
    }
    const size_t len = (size_t)ftell(file);
    rewind(file);
    uint8_t *bytes = malloc(len > 0 ? len : 1);
    const size_t got = bytes != NULL ? fread(bytes, 1, len, file) : 0;
    fclose(file);
    if (bytes != NULL && got == len)
        (void)LLVMFuzzerTestOneInput(bytes, len);
    free(bytes);
    return got == len ? 0 : 1;
}

int main(int argc, char **argv)
{
    DIR *folder = argc == 2 ? opendir(argv[1]) : NULL;
    if (folder == NULL) {
        fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
        return 2;
    }
    int count = 0;
    int failed = 0;
    const struct dirent *entry;
    while ((entry = readdir(folder)) != NULL) {
        char path[4096];
        const int len = snprintf(path, sizeof path, "%s/%s", argv[1], entry->d_name);
        if (entry->d_name[0] == '.' || len < 0 || (size_t)len >= sizeof path)
            continue;
        printf("  %s\n", entry->d_name);
        fflush(stdout); /* so that a crash shows which one it was */
        failed += replay(path);
        count++;
    }
    closedir(folder);
    printf("%d inputs\n", count);
    return count > 0 && failed == 0 ? 0 : 1;
}
