/* SPDX-License-Identifier: Apache-2.0 */
/* cli/doctor_store.c - whether the store is whole, and of which schema. Never migrates it. */
#include "cli/doctor.h"
#include "core/auto.h"
#include "store/place.h"
#include "store/schema.h"

#include <sys/stat.h>

static const char damaged[] = "stop the server and jeton restore the last backup";

static const char unreachable[] = "see that PostgreSQL runs, and that --store names it";

static void examine(jd_doctor *of, const char *advice)
{
    JT_AUTO(jd_store_close) jd_store *store = NULL;
    jd_schema schema;
    jeton_err err = {0};
    if (jd_store_open_place(of->config, &store, &err) != JETON_OK ||
        jd_store_schema(store, &schema, &err) != JETON_OK ||
        (schema.has > 0 && jd_store_check(store, &err) != JETON_OK)) {
        jd_doctor_say(of, JD_FINDING_ERROR, "store", advice, "%s", err.text);
        return;
    }
    of->store_is_usable = schema.has == schema.knows;
    if (of->store_is_usable)
        jd_doctor_say(of, JD_FINDING_OK, "store", NULL, "whole, schema %u", schema.has);
    else if (schema.has == 0)
        jd_doctor_say(of, JD_FINDING_NOTE, "store", "jeton user add NAME --role admin",
                      "it is empty: the first start makes its tables");
    else
        jd_doctor_say(of, JD_FINDING_NOTE, "store", NULL,
                      "whole, schema %u: the next start brings it to %u%s", schema.has,
                      schema.knows,
                      jd_store_is_shared(store) ? "; keep a dump of it" : " and keeps a copy");
}

/* Opening a file would take it away from others; that is for who was told of it to do. */
void jd_doctor_store(jd_doctor *of)
{
    jd_store_place place;
    struct stat found;
    if (jd_store_place_of(of->config, &place, NULL) != JETON_OK ||
        (place.is_file && !of->has_folder))
        return;
    if (place.is_file && stat(place.file.chars, &found) != 0) {
        jd_doctor_say(of, JD_FINDING_NOTE, "store", "jeton user add NAME --role admin",
                      "there is none yet");
        return;
    }
    of->has_store = !place.is_file || (found.st_mode & (S_IRWXG | S_IRWXO)) == 0;
    if (of->has_store)
        examine(of, place.is_file ? damaged : unreachable);
}
