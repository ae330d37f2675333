#pragma once

#include <curl/curl.h>
#include <stdint.h>

// libcurl's functions for options are variadic, which Swift cannot call: one function a kind of value.

static inline CURLcode ccurl_set_number(CURL *handle, CURLoption option, long value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode ccurl_set_text(CURL *handle, CURLoption option, const char *value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode ccurl_set_headers(CURL *handle, struct curl_slist *headers) {
  return curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers);
}

typedef size_t (*ccurl_receiver)(char *bytes, size_t size, size_t count, void *context);
typedef int (*ccurl_watch)(void *context, curl_off_t total, curl_off_t done, curl_off_t upload_total,
                           curl_off_t uploaded);

// Header lines go to `header`, the body to `body`; `watch` is asked about once a second whether to go on.
static inline CURLcode ccurl_receive(CURL *handle, ccurl_receiver header, ccurl_receiver body,
                                     ccurl_watch watch, void *context) {
  CURLcode code = curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, header);
  if (code == CURLE_OK)
    code = curl_easy_setopt(handle, CURLOPT_HEADERDATA, context);
  if (code == CURLE_OK)
    code = curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, body);
  if (code == CURLE_OK)
    code = curl_easy_setopt(handle, CURLOPT_WRITEDATA, context);
  if (code == CURLE_OK)
    code = curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, watch);
  if (code == CURLE_OK)
    code = curl_easy_setopt(handle, CURLOPT_XFERINFODATA, context);
  if (code == CURLE_OK)
    code = curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
  return code;
}
