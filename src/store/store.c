/* SPDX-License-Identifier: Apache-2.0 */
/* store/store.c - finds the driver of an address. */
#include "store/store.h"

#include "core/auto.h"
#include "store/audit.h"
#include "store/driver.h"
#include "store/log.h"

/* The first one also takes addresses without a scheme. */
static const struct {
    const char *scheme;
    const jd_driver *driver;
} drivers[] = {
    {"sqlite:", &jd_sqlite_driver},
    {"postgres:", &jd_postgres_driver},
    {"postgresql:", &jd_postgres_driver},
};

static bool begins_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

static jeton_status open_with(const jd_driver *driver, const jeton_ctx *ctx, const char *where,
                              const jd_store_limits *limits, jd_store **store, jeton_err *err)
{
    JT_TRY(driver->open(ctx, where, limits, store, err));
    jd_store_audit_key(*store, jeton_str(NULL));
    jd_store_log_key(*store, jeton_str(NULL));
    return JETON_OK;
}

jeton_status jd_store_open(const jeton_ctx *ctx, const char *address, jd_store **store,
                           jeton_err *err)
{
    const jd_store_limits usual = {0};
    return jd_store_open_within(ctx, address, &usual, store, err);
}

bool jd_store_is_shared(const jd_store *store)
{
    return store->driver->many_writers;
}

jeton_status jd_store_open_within(const jeton_ctx *ctx, const char *address,
                                  const jd_store_limits *limits, jd_store **store, jeton_err *err)
{
    *store = NULL;
    for (size_t i = 0; i < JT_COUNT(drivers); i++) {
        const size_t skip = drivers[i].driver->whole_address ? 0 : strlen(drivers[i].scheme);
        if (begins_with(address, drivers[i].scheme))
            return open_with(drivers[i].driver, ctx, address + skip, limits, store, err);
    }
    return open_with(drivers[0].driver, ctx, address, limits, store, err);
}

void jd_store_close(jd_store **store)
{
    if (store == NULL || *store == NULL)
        return;
    jt_hmac_done(&(*store)->audit_key);
    jt_hmac_done(&(*store)->log_key);
    (*store)->driver->close(*store);
    *store = NULL;
}
