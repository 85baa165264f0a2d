#include <curl/curl.h>
// The variadic calls of libcurl, which Swift does not import, one for each type of argument; each undoes the checking
// macro of the same name.
typedef size_t (*tarn_curl_io)(char *, size_t, size_t, void *);
static inline CURLcode tarn_setopt_long(CURL *h, CURLoption o, long v) { return curl_easy_setopt(h, o, v); }
static inline CURLcode tarn_setopt_off(CURL *h, CURLoption o, curl_off_t v) { return curl_easy_setopt(h, o, v); }
/* curl copies the text */
static inline CURLcode tarn_setopt_str(CURL *h, CURLoption o, const char *v) { return curl_easy_setopt(h, o, v); }
/* curl keeps the pointer */
static inline CURLcode tarn_setopt_ptr(CURL *h, CURLoption o, void *v) { return curl_easy_setopt(h, o, v); }
static inline CURLcode tarn_setopt_list(CURL *h, CURLoption o, struct curl_slist *v) { return curl_easy_setopt(h, o, v); }
static inline CURLcode tarn_setopt_io(CURL *h, CURLoption o, tarn_curl_io f) { return curl_easy_setopt(h, o, f); }
static inline CURLcode tarn_getinfo_long(CURL *h, CURLINFO i, long *v) { return curl_easy_getinfo(h, i, v); }
static inline CURLMcode tarn_multi_setopt_long(CURLM *m, CURLMoption o, long v) { return curl_multi_setopt(m, o, v); }
static inline CURLcode tarn_message_result(const CURLMsg *m) { return m->data.result; }
