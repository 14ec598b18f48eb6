const SECRET_NAME = /(?:pass(?:word|wd|phrase)?|secret|token|api-?key|bearer|credentials?|auth(?:orization)?|private-?key)s?$/i;

/** The name of a flag that takes a file or a switch, not the secret itself. */
const HARMLESS = /(?:-file|-path|-dir|-mode|-webhook|-cert|-config|-ttl|-cache|-auth)$/i;

const URL_PASSWORD = /(:\/\/[^/@:\s]{1,256}):[^/@\s]{1,256}@/g;

const HIDDEN = '[redacted]';

const isSecret = (name: string): boolean => SECRET_NAME.test(name) && !HARMLESS.test(name);

/** Arguments without the secrets that they carry: passwords in URLs, `--token=…`, `--token …`, `user:password` of etcd. */
export function redacted(argv: readonly string[]): string[] {
  return argv.map((word, index) => {
    const plain = word.replace(URL_PASSWORD, `$1:${HIDDEN}@`);
    const before = argv[index - 1] ?? '';
    if (before.startsWith('-') && !before.includes('=') && isSecret(before) && !word.startsWith('-')) return HIDDEN;
    const equals = plain.indexOf('=');
    if (equals > 0 && isSecret(plain.slice(0, equals))) return `${plain.slice(0, equals)}=${HIDDEN}`;
    return plain;
  });
}

/** Text without passwords in URLs, bearer tokens, and values of names that are secrets. */
export function redactedText(text: string): string {
  return text
    .replace(URL_PASSWORD, `$1:${HIDDEN}@`)
    .replace(/\b(Bearer|Basic) +[A-Za-z0-9._~+/=-]{8,}/gi, `$1 ${HIDDEN}`)
    .replace(/\beyJ[A-Za-z0-9_.-]{20,}/g, HIDDEN) // a JWT
    .replace(/\b(password|passwd|secret|token|api[_-]?key)(["']?\s?[:=]\s?["']?)[^\s"',;&}]+/gi, `$1$2${HIDDEN}`);
}
