import { withoutAsides } from '#parsers/kubernetes/aside';
import { jsonScalars, type Path, type Scalar, yamlScalars } from '#parsers/scalars';
import { REDACTED } from '#snapshot/redacted';
import { isSecretsFlag } from './redact.ts';

/** Where a value stands in a text: from its first letter or quote to behind its last. */
type Place = Pick<Scalar, 'from' | 'to'>;

/** Without one of these words a document has nothing to hide that the rules for lines do not find. */
const MARKS =
  /\b(?:[Ee]nv|envs|httpHeaders|last-applied-configuration)\b|["' ]--?[\w-]*(?:[Pp]ass|[Tt]oken|[Ss]ecret|[Kk]ey|[Cc]redential)|\bSecret/;

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const NAMED_VALUES: readonly unknown[] = ['env', 'envs', 'httpHeaders'];
const DATA: readonly unknown[] = ['data', 'stringData'];

/**
 * A text of the Kubernetes API or of a container runtime without those secrets that no line tells by itself: values of environment
 * variables and of headers, the data of Secrets, what kubectl applied last, what follows a secret's flag in a list of arguments.
 * Lines keep their numbers.
 */
export function redactObjects(text: string): string {
  if (!MARKS.test(text)) return text;
  const body = withoutAsides(text);
  const redacted = redactBody(body);
  return redacted === body ? text : text.slice(0, text.length - body.length) + redacted;
}

function redactBody(body: string): string {
  if (/^\s*[{[]/.test(body.slice(0, 4096))) return without(body, secretsAmong(body, jsonScalars(body)));
  if (!/^(?:- | {2})?"?(?:apiVersion|kind)"?: /m.test(body)) return body;
  const scalars = yamlScalars(body);
  return scalars === undefined ? withoutBlocks(body) : without(body, secretsAmong(body, scalars));
}

function secretsAmong(body: string, scalars: Iterable<Scalar>): readonly Place[] {
  const objects = new Objects();
  const found: Place[] = [];
  let before = { list: '', word: '' };
  for (const { path, from, to } of scalars) {
    const place = { from, to };
    const word = to - from < 300 ? body.slice(from, to).replace(/^["']|["']$/g, '') : '';
    // a word that the text ends in may have gone on
    objects.take(path, to === body.length && 'Secret'.startsWith(word) ? 'Secret' : word, place);
    const list = typeof path.at(-1) === 'number' ? keyOf(path, -1) : '';
    const isArgument = list !== '' && list === before.list && isSecretsFlag(before.word) && !word.startsWith('-');
    if (isArgument || isPlaceOfSecrets(path)) found.push(place);
    before = { list, word };
  }
  return [...found, ...objects.secrets()].sort((one, other) => one.from - other.from);
}

/** The data of objects, of which it shows only later whether they are Secrets. */
class Objects {
  readonly #kinds = new Map<string, string>();
  readonly #versioned = new Set<string>();
  readonly #data: { readonly of: string; readonly list: string; readonly place: Place }[] = [];

  take(path: Path, word: string, place: Place): void {
    // two lists of YAML with no line between them have the same paths
    if (path.at(-1) === 'kind' && this.#kinds.get(keyOf(path, -1)) !== 'Secret') this.#kinds.set(keyOf(path, -1), word);
    if (path.at(-1) === 'apiVersion') this.#versioned.add(keyOf(path, -1));
    const at = path.findIndex((name) => DATA.includes(name));
    if (at > 0) this.#data.push({ of: keyOf(path, at), list: keyOf(path, Math.max(at - 2, 0)), place });
  }

  secrets(): readonly Place[] {
    return this.#data.filter(({ of, list }) => this.#isSecret(of, list)).map(({ place }) => place);
  }

  /** A list of Secrets leaves their kind out; and what is cut off has not come to it. */
  #isSecret(of: string, list: string): boolean {
    const kind = this.#kinds.get(of);
    return kind === undefined ? this.#kinds.get(list)?.startsWith('Secret') === true || this.#versioned.has(of) : kind === 'Secret';
  }
}

const keyOf = (path: Path, end: number): string => path.slice(0, end).join('\0');

function isPlaceOfSecrets(path: Path): boolean {
  const last = path.at(-1);
  if (last === 'value') return NAMED_VALUES.includes(path.at(-3));
  return last === LAST_APPLIED || (typeof last === 'number' && (path.at(-2) === 'Env' || path.at(-2) === 'env'));
}

/** The text with a word in the place of each; what reached over several lines leaves empty ones. */
function without(body: string, places: readonly Place[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const { from, to } of places) {
    if (from < at) continue;
    parts.push(body.slice(at, from), `"${REDACTED}"`, body.slice(from, to).replace(/[^\n]+/g, ''));
    at = to;
  }
  return parts.join('') + body.slice(at);
}

/** YAML that cannot be read, line by line: nobody reads a fact out of it, so more may go than must. */
function withoutBlocks(body: string): string {
  let inside = Number.POSITIVE_INFINITY;
  const lines = body.split('\n').map((line) => {
    const indent = line.search(/[^ -]/);
    if (indent > inside) return line.replace(/\S.*/, REDACTED);
    inside = /^[ -]*"?(?:data|stringData|env|httpHeaders|args|command|kubectl[^:]*last-applied-configuration)"?:/.test(line)
      ? line.search(/\S/)
      : indent < 0
        ? inside
        : Number.POSITIVE_INFINITY;
    return line;
  });
  return lines.join('\n');
}
