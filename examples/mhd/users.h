/* SPDX-License-Identifier: Apache-2.0 */
/* users.h - the users of tutorial.c, and their passwords: wonderland and builder. */
#ifndef EXAMPLE_USERS_H
#define EXAMPLE_USERS_H

#include <crypt.h>
#include <jeton.h>
#include <stdio.h>

static const struct {
    const char *name, *hash; /* as /etc/shadow has it: openssl passwd -6 */
} users[] = {
    {"alice", "$6$jetonguard$31c2gHEl2K.9.bxCausYxkRAy2cndiuyScNj0E36uOM"
              "scDM0N7bsIHamOJoynqpXDJKFD3Vy0rwu8HJdOtnuR."},
    {"bob", "$6$jetonguard$kaIQWgZJ33JydCmE5WAZHf/qr9nNihidEik65nsHIHGTs"
            "1ArPe9MqUetzukN.Jc7DRjNfT/Qh48iym.yZDU1m1"},
};

/* A name that nobody has takes as long as another. */
static inline bool is_password(jeton_span name, jeton_span password)
{
    char text[256];
    const size_t bob = jeton_span_equal(name, jeton_str(users[1].name)) ? 1 : 0;
    snprintf(text, sizeof text, "%.*s", (int)password.len, password.ptr);
    const char *hash = crypt(text, users[bob].hash);
    return hash != NULL && strcmp(hash, users[bob].hash) == 0 &&
           jeton_span_equal(name, jeton_str(users[bob].name));
}

#endif
