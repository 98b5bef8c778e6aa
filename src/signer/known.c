/* SPDX-License-Identifier: Apache-2.0 */
/* signer/known.c - which keys wait for other nodes, and that they wait no more. */
#include "core/auto.h"
#include "core/err.h"
#include "signer/signer_inside.h"
#include "store/keys.h"

uint64_t jd_signer_awaited(jd_signer *signer, uint64_t above)
{
    uint64_t first = 0;
    (void)pthread_rwlock_rdlock(&signer->lock);
    for (size_t i = 0; i < signer->ring->count; i++) {
        const jd_stored_key *row = &signer->ring->at[i].row;
        if (!jd_ring_key_is(&signer->ring->at[i], "withdrawn") && row->announced > above &&
            (first == 0 || row->announced < first))
            first = row->announced;
    }
    (void)pthread_rwlock_unlock(&signer->lock);
    return first;
}

jeton_status jd_signer_known(jd_signer *signer, uint64_t n, jeton_err *err)
{
    (void)pthread_mutex_lock(&signer->change);
    signer->stale = true;
    jeton_status status = jd_store_key_known(signer->store, n, err);
    if (status == JETON_OK)
        status = jd_signer_reload(signer, err);
    (void)pthread_mutex_unlock(&signer->change);
    return status;
}

bool jd_signer_is_settled(jd_signer *signer, jeton_span alg, jeton_span client)
{
    (void)pthread_rwlock_rdlock(&signer->lock);
    const bool awaited = jd_keyring_awaited(signer->ring, alg, client) != NULL;
    (void)pthread_rwlock_unlock(&signer->lock);
    return !awaited;
}
