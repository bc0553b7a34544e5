#!/bin/sh
# usage: conf.sh FEED pre|raw INPUT DIR : prints Sphinx's configuration.
if [ "$2" = raw ]; then
    words='morphology = stem_ru'
else
    # tokens are lower-case; the capitals are for the operator MAYBE in queries
    words='charset_table = 0..9, A..Z->a..z, a..z, U+7f..U+fffe
  min_prefix_len = 3'
fi
cat <<CONF
source d {
  type = tsvpipe
  tsvpipe_command = $1 $3
  tsvpipe_attr_uint = source
  tsvpipe_field = body
}
index d {
  source = d
  path = $4/d
  dict = keywords
  index_field_lengths = 1
  mlock = 0
  $words
}
indexer {
  mem_limit = 1500M
}
searchd {
  listen = $4/s.sock:mysql41
  pid_file = $4/searchd.pid
  log = $4/searchd.log
  binlog_path =
  workers = threads
  dist_threads = 0
  seamless_rotate = 0
  max_matches = 1000
  max_packet_size = 8M
  subtree_docs_cache = 0
  subtree_hits_cache = 0
}
CONF
