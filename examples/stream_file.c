/* SPDX-License-Identifier: Apache-2.0 */
/* stream_file.c - the detached signature of a file of any size, made and verified in pieces. */
#include <jeton.h>
#include <stdio.h>
#include <stdlib.h>

/* Hands over the file piece by piece. */
static bool feed(FILE *file, jeton_jws_stream *stream)
{
    uint8_t piece[65536];
    size_t len;
    rewind(file);
    while ((len = fread(piece, 1, sizeof piece, file)) > 0)
        jeton_jws_add(stream, jeton_bytes(piece, len));
    return ferror(file) == 0;
}

static jeton_status sign_file(const jeton_key *key, FILE *file, jeton_text **text, jeton_err *err)
{
    const jeton_jws_signature signature = {.key = key};
    jeton_jws_stream *stream = NULL;
    jeton_status status = jeton_jws_sign_begin(NULL, &signature, 1, NULL, &stream, err);
    if (status == JETON_OK)
        status = feed(file, stream) ? jeton_jws_sign_end(stream, text, err) : JETON_E_SYSTEM;
    jeton_jws_stream_free(&stream);
    return status;
}

static jeton_status verify_file(const jeton_keyset *keys, jeton_span text, FILE *file,
                                jeton_err *err)
{
    jeton_jws_stream *stream = NULL;
    jeton_jws *jws = NULL;
    jeton_status status = jeton_jws_verify_begin(NULL, keys, NULL, text, &stream, err);
    if (status == JETON_OK)
        status = feed(file, stream) ? jeton_jws_verify_end(stream, &jws, err) : JETON_E_SYSTEM;
    jeton_jws_free(&jws);
    jeton_jws_stream_free(&stream);
    return status;
}

/* A file of some megabytes, of which one byte is changed. */
static bool sign_and_change(const jeton_key *key, const jeton_keyset *keys, FILE *file,
                            jeton_err *err)
{
    jeton_text *text = NULL;
    for (unsigned i = 0; i < 4 << 20; i++)
        (void)putc((int)(i % 251), file);
    bool good = fflush(file) == 0 && sign_file(key, file, &text, err) == JETON_OK;
    if (good) {
        const jeton_status before = verify_file(keys, jeton_text_span(text), file, err);
        good = fseek(file, 1 << 20, SEEK_SET) == 0 && putc('x', file) == 'x' && fflush(file) == 0;
        const jeton_status after = verify_file(keys, jeton_text_span(text), file, NULL);
        printf("as signed: %s, one byte changed: %s\n", jeton_status_name(before),
               jeton_status_name(after));
    }
    jeton_text_free(&text);
    return good;
}

int main(void)
{
    jeton_key *key = NULL;
    jeton_keyset *keys = NULL;
    jeton_err err = {0};
    FILE *file = tmpfile();
    const bool good =
        file != NULL &&
        jeton_key_generate(NULL, JETON_ES256, jeton_str("k1"), &key, &err) == JETON_OK &&
        jeton_keyset_new(NULL, (const jeton_key *[]){key}, 1, &keys, &err) == JETON_OK &&
        sign_and_change(key, keys, file, &err);
    if (!good)
        fprintf(stderr, "%s\n", err.text);
    jeton_keyset_free(&keys);
    jeton_key_free(&key);
    if (file != NULL)
        (void)fclose(file);
    return good ? 0 : 1;
}
