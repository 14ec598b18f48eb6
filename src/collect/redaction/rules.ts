import { REDACTED } from '#snapshot/redacted';

const anyCase = (word: string): string => word.replace(/[a-z]/g, (letter) => `[${letter.toUpperCase()}${letter}]`);

const KEYS = ['api', 'access', 'private', 'auth', 'encryption', 'secret', 'signing'].map(anyCase).join('|');
const WORDS = ['secret', 'token', 'key-data'].map(anyCase).join('|');

/** How the names of secrets end. Three groups. */
const NAMES = `(${anyCase('pass')}(${['word', 'wd', 'phrase'].map(anyCase).join('|')})|${WORDS}|${anyCase('credential')}[Ss]?|(${KEYS})[-_]?${anyCase('key')})`;

/** Parts of a name after which a value is a place or a duration, not a secret: `--token-auth-file=/etc/…`. Two groups. */
const HARMLESS = '([-_.](file|FILE|path|PATH|dir|DIR|ttl|TTL)|File|Path|Dir)';

/** Environment variables of units whose values the diagnosis reads. All others are not looked at. */
const SETTINGS = '(FLANNEL|KUBELET_|KUBE_|DOCKER_|ETCD_|CONTAINERD_|NO_PROXY|no_proxy|PATH=|NODE_)';

const WORD = '[A-Za-z0-9_.-]*';

/** One replacement in a line, in the extended regular expressions that `sed` and JavaScript share (but for brackets). */
export type Rule = { readonly from: string; readonly to: string };

/** Lines of private keys, from the first to the second. */
export const KEY_BEGINS = '-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[[:space:]]*$';
export const KEY_ENDS = '-----END [A-Z0-9 ]*PRIVATE KEY-----';

/** A key of WireGuard: 32 bytes in base64. */
const KEY = '[A-Za-z0-9+/]{43}=';

/** What is removed wherever it stands. */
export const EVERYWHERE: readonly Rule[] = [
  { from: '-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[^"]*', to: REDACTED },
  { from: 'LS0tLS1CRUdJTi[A-Za-z0-9+/=]*', to: REDACTED }, // a PEM in base64
  { from: `(://)[^/[:space:]"'<>]+@`, to: `\\1${REDACTED}@` },
  { from: '([Bb][Ee][Aa][Rr][Ee][Rr]|[Aa]uthorization: *[A-Za-z]+)([[:space:]]+)[A-Za-z0-9._~+/=-]{6,}', to: `\\1\\2${REDACTED}` },
  { from: '(^|[^A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]*', to: `\\1${REDACTED}` }, // a JWT
  { from: '(^|[^A-Za-z0-9._-])[a-z0-9]{6}\\.[a-z0-9]{16}($|[^A-Za-z0-9._-])', to: `\\1${REDACTED}\\2` }, // a bootstrap token
  { from: '(AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{20,}|xox[bap]-[A-Za-z0-9-]{10,})', to: REDACTED },
  { from: '([Pp][Ss][Kk]\\\\?"[[:space:]]*:[[:space:]]*\\\\?")[^"\\]*', to: `\\1${REDACTED}` }, // of WireGuard and IPsec, in flannel's configuration
  { from: '("value":")[^"]*(IlBTSyI|JQU0si|iUFNLI)[^"]*"', to: `\\1${REDACTED}"` }, // the same in the base64 of etcd's gateway
  // `wg show all dump`: a device's private key stands before its public one, a peer's shared one behind it
  { from: `(^|[[:space:]])${KEY}([[:space:]]+${KEY}[[:space:]]+[0-9]+[[:space:]]+(off|0x[0-9a-f]+))`, to: `\\1${REDACTED}\\2` },
  { from: `(${KEY}[[:space:]]+)${KEY}`, to: `\\1${REDACTED}` },
  { from: `((Private|Preshared)Key[[:space:]]*=[[:space:]]*)${KEY}`, to: `\\1${REDACTED}` },
  // `ip xfrm state`: `auth-trunc hmac(sha256) 0x… 128`, `aead rfc4106(gcm(aes)) 0x… 128`
  { from: '([[:space:]](auth|auth-trunc|enc|aead)[[:space:]]+[^[:space:]]+[[:space:]]+)0x[0-9a-fA-F]{16,}', to: `\\1${REDACTED}` },
  { from: '("auth"[[:space:]]*:[[:space:]]*)"[^"]*"', to: `\\1"${REDACTED}"` },
];

/** Lines with a program that is given a name with its password, and what becomes of that: `etcdctl --username root:…`, `curl -u …`. */
export const LOGIN = {
  line: '(etcdctl|curl)[[:space:]]',
  rule: {
    from: '([[:space:]](-u|--?user|--?username)[=[:space:]][[:space:]]*["\']?[^[:space:]:"\']+:)[^[:space:]"\']+',
    to: `\\1${REDACTED}`,
  },
} as const;

/** Lines of unit files with an environment variable, those that may keep it, and what becomes of the others. */
export const ENVIRONMENT = {
  line: '^[[:space:]]*Environment=',
  kept: `^[[:space:]]*Environment="?${SETTINGS}`,
  rule: { from: '(Environment="?[A-Za-z0-9_]+=).*', to: `\\1${REDACTED}` },
} as const;

/** A kernel setting that is a number has nothing to hide. */
export const NUMBER_OF_A_SETTING = '^net[.][A-Za-z0-9_./@-]+ = -?[0-9]+$';

/** Rules of iptables: their comments carry names of Services (`shop/token: …`), and perhaps what a person noted there. */
export const IPTABLES_RULE = '^(\\[[0-9]+:[0-9]+\\] )?-A ';

/** Sets a harmless name apart from the value behind it, so that no other rule takes it for a secret's; `<!>` is taken out in the end. */
const SET_APART: Rule = { from: `(${NAMES})([A-Za-z_-]*${HARMLESS})("?[[:space:]]*[=:])`, to: '\\1\\5<!>\\8' };
const BACK: Rule = { from: '<!>', to: '' };

/** A name that is a word of its own, no part of `namespace/name`, and a value behind a colon. Five groups. */
const TOLD = `((^|[^A-Za-z0-9_./-])${WORD}${NAMES}:[[:space:]]+)`;

/** A flag that is named for a secret, and the blank before its value. Five groups. */
const FLAG = `((^|[^A-Za-z0-9_.-])--?[A-Za-z0-9_-]*${NAMES}[[:space:]]+)`;

/** What is removed from a line of `iptables-save`, in whose quoted words quotes and backslashes stand behind a backslash. */
export const IN_IPTABLES_RULES: readonly Rule[] = [
  SET_APART,
  { from: `(${WORD}${NAMES}${WORD}=)\\\\["'][^"'\\]*\\\\["']`, to: `\\1${REDACTED}` },
  { from: `(${WORD}${NAMES}${WORD}=)([^[:space:]"'&;,\\]|\\\\.)+`, to: `\\1${REDACTED}` },
  { from: `${TOLD}\\\\["'][^"'\\]*\\\\["']`, to: `\\1${REDACTED}` },
  { from: `${TOLD}([^[:space:]"'\\]|\\\\.)+`, to: `\\1${REDACTED}` },
  { from: `${FLAG}\\\\["'][^"'\\]*\\\\["']`, to: `\\1${REDACTED}` },
  { from: `${FLAG}([^-[:space:]"\\]|\\\\.)([^[:space:]"\\]|\\\\.)*`, to: `\\1${REDACTED}` },
  BACK,
];

/** From a quote to the next, but where the first one ends something: what stands behind it tells. */
const QUOTED_VALUE = '"([^"[:space:],;}\\]|\\\\.)([^"\\]|\\\\.)*"';

/** A word that is no flag. A quote in it is its own, but where what stands behind it tells that it ends something around the word. */
const BARE_VALUE = '\\\\?"?[^-[:space:]",;}\\]([^[:space:]"\\]|\\\\[^[:space:]"]|\\\\?"[^[:space:],;}\\])*';

/** A name of a secret, and what is removed after one. A harmless name is set apart with `<!>` first. */
export const AFTER_NAMES = {
  line: NAMES,
  rules: [
    { from: '[A-Za-z0-9_.-]{250,}', to: REDACTED }, // no name is that long, and some regular expression engines would take minutes
    SET_APART,
    { from: `(${WORD}${NAMES}-?[A-Za-z0-9_]*"?[[:space:]]*=[[:space:]]*)"[^"]*"`, to: `\\1"${REDACTED}"` },
    { from: `(${WORD}${NAMES}-?[A-Za-z0-9_]*[[:space:]]*=[[:space:]]*)'[^']*'`, to: `\\1'${REDACTED}'` },
    { from: `(${WORD}${NAMES}${WORD}=)[^[:space:]"'&;,]+`, to: `\\1${REDACTED}` },
    { from: `("${WORD}${NAMES}${WORD}"[[:space:]]*:[[:space:]]*)"([^"\\]|\\\\.)*"`, to: `\\1"${REDACTED}"` },
    { from: `(${WORD}${NAMES}${WORD}\\\\"[[:space:]]*:[[:space:]]*\\\\")[^"\\]*`, to: `\\1${REDACTED}` }, // JSON inside JSON
    // the quote behind a value is its own only where one stands before it: else it ends a comment of nft, or a text of JSON
    {
      from: `(${WORD}${NAMES}:[[:space:]]+)(${QUOTED_VALUE}|"?[^[:space:]",;}\\]([^[:space:]"\\]|\\\\[^[:space:]"])*)`,
      to: `\\1${REDACTED}`,
    },
    { from: `${FLAG}(${QUOTED_VALUE}|'[^']*'|${BARE_VALUE})`, to: `\\1${REDACTED}` },
    BACK,
  ],
  /** An argument whose value is the next one, in the list of processes. */
  argument: `^arg --?[A-Za-z0-9_-]*${NAMES}$`,
} as const;

/** The same argument where each is a word of its own, as in a pod's `args`. */
export const SECRETS_FLAG = `^--?[A-Za-z0-9_-]*${NAMES}$`;
