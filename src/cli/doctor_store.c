/* SPDX-License-Identifier: Apache-2.0 */
/* cli/doctor_store.c - whether the store is whole, and of which schema. Never migrates it. */
#include "cli/doctor.h"
#include "core/auto.h"
#include "store/store.h"

#include <sys/stat.h>

static const char damaged[] = "stop the server and jeton restore the last backup";

static void examine(jd_doctor *of, const char *path)
{
    JT_AUTO(jd_store_close) jd_store *store = NULL;
    jd_schema schema;
    jeton_err err = {0};
    if (jd_store_open(NULL, path, &store, &err) != JETON_OK ||
        jd_store_schema(store, &schema, &err) != JETON_OK ||
        jd_store_check(store, &err) != JETON_OK) {
        jd_doctor_say(of, JD_FINDING_ERROR, "store", damaged, "%s", err.text);
        return;
    }
    of->store_is_usable = schema.has == schema.knows;
    if (of->store_is_usable)
        jd_doctor_say(of, JD_FINDING_OK, "store", NULL, "whole, schema %u", schema.has);
    else
        jd_doctor_say(of, JD_FINDING_NOTE, "store", NULL,
                      "whole, schema %u: the next start brings it to %u and keeps a copy",
                      schema.has, schema.knows);
}

/* Opening it would take it away from others; that is for who was told of it to do. */
void jd_doctor_store(jd_doctor *of)
{
    jd_path path;
    struct stat found;
    if (!of->has_folder || jd_path_join(of->config->data, "jeton.db", &path, NULL) != JETON_OK)
        return;
    if (stat(path.chars, &found) != 0) {
        jd_doctor_say(of, JD_FINDING_NOTE, "store", "jeton user add NAME --role admin",
                      "there is none yet");
        return;
    }
    of->has_store = (found.st_mode & (S_IRWXG | S_IRWXO)) == 0;
    if (of->has_store)
        examine(of, path.chars);
}
