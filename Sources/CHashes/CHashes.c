#include "CHashes.h"

#include <pthread.h>
#include <stdio.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/provider.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static OSSL_LIB_CTX *library;
static EVP_MD *algorithms[2];

// Looking an algorithm up costs more than hashing a token: it is done once. A lookup that fails leaves a
// null.
static void set_up(void) {
  // Threads may still hash while the process ends: nothing is torn down under them.
  OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT | OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
  library = OSSL_LIB_CTX_new();
  if (!library || !OSSL_PROVIDER_load(library, "default"))
    return;
  algorithms[CHASHES_SHA1] = EVP_MD_fetch(library, "SHA1", NULL);
  algorithms[CHASHES_SHA256] = EVP_MD_fetch(library, "SHA256", NULL);
}

static const EVP_MD *find(int algorithm) {
  pthread_once(&once, set_up);
  return algorithms[algorithm];
}

chashes_context *chashes_new(int algorithm) {
  const EVP_MD *md = find(algorithm);
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  if (md && context && EVP_DigestInit_ex2(context, md, NULL))
    return context;
  EVP_MD_CTX_free(context);
  return NULL;
}

chashes_context *chashes_copy(const chashes_context *context) {
  EVP_MD_CTX *copy = EVP_MD_CTX_new();
  if (copy && EVP_MD_CTX_copy_ex(copy, context))
    return copy;
  EVP_MD_CTX_free(copy);
  return NULL;
}

int chashes_update(chashes_context *context, const void *bytes, size_t size) {
  return EVP_DigestUpdate(context, bytes, size);
}

int chashes_finish(chashes_context *context, uint8_t *digest) {
  return EVP_DigestFinal_ex(context, digest, NULL);
}

void chashes_free(chashes_context *context) {
  EVP_MD_CTX_free(context);
}

int chashes_digest(int algorithm, const void *bytes, size_t size, uint8_t *digest) {
  const EVP_MD *md = find(algorithm);
  return md && EVP_Digest(bytes, size, digest, NULL, md, NULL);
}

int chashes_hmac_sha256(const uint8_t *key, size_t key_size, const uint8_t *message, size_t size,
                        uint8_t *code) {
  if (!find(CHASHES_SHA256))
    return 0;
  // To OpenSSL no pointer is no key, which is not a key without bytes.
  return EVP_Q_mac(library, "HMAC", NULL, "SHA256", NULL, key ? (const void *)key : "", key_size, message,
                   size, code, 32, NULL) != NULL;
}

int chashes_scrypt(const uint8_t *password, size_t password_size, const uint8_t *salt, size_t salt_size,
                   uint64_t rounds, uint64_t block_size, uint64_t parallelism, uint8_t *key, size_t key_size,
                   char reason[200]) {
  ERR_clear_error();
  if (find(CHASHES_SHA256) &&
      EVP_PBE_scrypt_ex((const char *)password, password_size, salt, salt_size, rounds, block_size,
                        parallelism, UINT64_MAX, key, key_size, library, NULL))
    return 1;
  unsigned long error = ERR_peek_last_error();
  if (error)
    ERR_error_string_n(error, reason, 200);
  else
    snprintf(reason, 200, "its parameters are refused"); // the one failure that OpenSSL has no words for
  ERR_clear_error();
  return 0;
}

int chashes_equal(const void *left, const void *right, size_t size) {
  return CRYPTO_memcmp(left, right, size) == 0;
}
