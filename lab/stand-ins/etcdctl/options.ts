/** What `etcdctl` was told. */
export type Options = {
  readonly words: readonly string[];
  readonly endpoint: string;
  readonly write: string;
  readonly lease: bigint;
  readonly flags: ReadonlySet<string>;
};

/** Options that take a value. */
const VALUED = new Set([
  'endpoints',
  'write-out',
  'w',
  'lease',
  'limit',
  'dial-timeout',
  'command-timeout',
  'cacert',
  'cert',
  'key',
  'user',
  'order',
  'sort-by',
]);
const DEFAULT_ENDPOINT = 'http://127.0.0.1:2379';

/** Reads a command line of `etcdctl` with the v3 syntax; options may stand anywhere. */
export function readOptions(args: readonly string[], environment: NodeJS.ProcessEnv): Options {
  const words: string[] = [];
  const flags = new Set<string>();
  const values = new Map<string, string>();
  const left = [...args];
  while (left.length > 0) {
    const word = left.shift() ?? '';
    const [, name, , value] = /^--?([a-z-]+)(=(.*))?$/s.exec(word) ?? [];
    if (word === '--') words.push(...left.splice(0));
    else if (name === undefined) words.push(word);
    else if (value !== undefined) values.set(name, value);
    else if (VALUED.has(name)) values.set(name, left.shift() ?? '');
    else flags.add(name);
  }
  const endpoint = values.get('endpoints') ?? environment['ETCDCTL_ENDPOINTS'] ?? DEFAULT_ENDPOINT;
  const first = endpoint.split(',')[0] ?? DEFAULT_ENDPOINT;
  return {
    words,
    flags,
    endpoint: first.includes('://') ? first : `http://${first}`,
    write: values.get('write-out') ?? values.get('w') ?? 'simple',
    lease: BigInt(`0x${values.get('lease') || '0'}`),
  };
}
