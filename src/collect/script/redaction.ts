/** What stands where a secret stood. */
export const REDACTED = '[redacted]';

/** Words that a secret's name ends with or contains. */
const NAMES =
  '([Pp][Aa][Ss][Ss]([Ww][Oo][Rr][Dd]|[Ww][Dd]|[Pp][Hh][Rr][Aa][Ss][Ee])|[Ss][Ee][Cc][Rr][Ee][Tt]|[Tt][Oo][Kk][Ee][Nn]|[Cc][Rr][Ee][Dd][Ee][Nn][Tt][Ii][Aa][Ll][Ss]?|([Aa][Pp][Ii]|[Aa][Cc][Cc][Ee][Ss][Ss]|[Pp][Rr][Ii][Vv][Aa][Tt][Ee]|[Aa][Uu][Tt][Hh]|[Ee][Nn][Cc][Rr][Yy][Pp][Tt][Ii][Oo][Nn])[-_]?[Kk][Ee][Yy]|[Kk][Ee][Yy]-[Dd][Aa][Tt][Aa]|[Pp][Ss][Kk])';

/** Parts of a name after which a value is a place or a duration, not a secret: `--token-auth-file=/etc/…`. */
const HARMLESS = '([-_.](file|FILE|path|PATH|dir|DIR|ttl|TTL)|File|Path|Dir)';

/** Environment variables of units whose values the diagnosis reads. All others are not looked at. */
const SETTINGS = '(FLANNEL|KUBELET_|KUBE_|DOCKER_|ETCD_|CONTAINERD_|NO_PROXY|no_proxy|PATH=|NODE_)';

const WORD = '[A-Za-z0-9_.-]*';

/**
 * The sed program (extended regular expressions) that every captured byte goes through on the node, before anything is
 * written. `mark` begins the lines of the stream's own frame: a private key without an end is cut there.
 */
export const redactionOf = (mark: string): string =>
  String.raw`
/-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[^\]/,/(-----END [A-Z0-9 ]*PRIVATE KEY-----|^MARK end )/{
  /^MARK /!s/.*/[redacted]/
}
/-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----$/,/(-----END [A-Z0-9 ]*PRIVATE KEY-----|^MARK end )/{
  /^MARK /!s/.*/[redacted]/
}
s/-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[^"]*/[redacted]/g
s/LS0tLS1CRUdJTi[A-Za-z0-9+\/=]*/[redacted]/g
s#(://)[^]/[:space:]"'<>[][^/[:space:]"'<>]*@#\1[redacted]@#g
s/([Bb][Ee][Aa][Rr][Ee][Rr]|[Aa]uthorization: *[A-Za-z]+)([[:space:]]+)[A-Za-z0-9._~+\/=-]{6,}/\1\2[redacted]/g
s/eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/[redacted]/g
s/(^|[^A-Za-z0-9._-])[a-z0-9]{6}\.[a-z0-9]{16}($|[^A-Za-z0-9._-])/\1[redacted]\2/g
s/(AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{20,}|xox[bap]-[A-Za-z0-9-]{10,})/[redacted]/g
/^[[:space:]]*Environment=/{
  /^[[:space:]]*Environment="?SETTINGS/!s/(Environment="?[A-Za-z0-9_]+=).*/\1[redacted]/
}
/^(\[[0-9]+:[0-9]+\] )?-A /!{
  /NAMES/{
    s/(NAMES)([A-Za-z_-]*HARMLESS)("?[[:space:]]*[=:])/\1\5<!>\8/g
    s/(WORDNAMES-?[A-Za-z0-9_]*"?[[:space:]]*=[[:space:]]*)"[^"]*"/\1"[redacted]"/g
    s/(WORDNAMESWORD=)[^[:space:]"'&;,]+/\1[redacted]/g
    s/("WORDNAMESWORD"[[:space:]]*:[[:space:]]*)"([^"\]|\\.)*"/\1"[redacted]"/g
    s/(WORDNAMES:[[:space:]]+)"?[^[:space:]"]+"?/\1[redacted]/g
    s/((^|[[:space:]])--?[A-Za-z0-9-]*NAMES[[:space:]]+)[^-[:space:]][^[:space:]]*/\1[redacted]/g
    s/<!>//g
    /^arg --?[A-Za-z0-9-]*NAMES$/{
      n
      /^arg /s/.*/arg [redacted]/
    }
  }
}
s/("auth"[[:space:]]*:[[:space:]]*)"[^"]*"/\1"[redacted]"/g
`
    .replaceAll('SETTINGS', SETTINGS)
    .replaceAll('NAMES', NAMES)
    .replaceAll('HARMLESS', HARMLESS)
    .replaceAll('WORD', WORD)
    .replaceAll('MARK', mark)
    .trim();
