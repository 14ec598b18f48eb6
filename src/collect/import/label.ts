import type { Section } from '#parsers/transcript';

/** What a text itself says of where it was taken: the host of its prompt, the namespace that its command entered. */
export type Label = { readonly host: string | undefined; readonly netns: string | undefined };

const after = (argv: readonly string[], ...words: readonly string[]): string | undefined => {
  const at = argv.findIndex((_, index) => words.every((word, offset) => argv[index + offset] === word));
  return at < 0 ? undefined : argv[at + words.length];
};

const fromOption = (argv: readonly string[], option: RegExp): string | undefined =>
  argv.map((word) => option.exec(word)?.[1]).find((value) => value !== undefined);

/** The namespace that a command enters: `ip netns exec web …`, `ip -n web …`, `nsenter --net=/run/netns/web …`, `kubectl exec web -- …`. */
export function netnsOf(argv: readonly string[]): string | undefined {
  const words = argv[0] === 'sudo' ? argv.slice(1) : argv;
  if (words[0] === 'ip') {
    const executed = after(words, 'netns', 'exec');
    return executed ?? after(words, '-n') ?? after(words, '-netns');
  }
  if (words[0] === 'nsenter') return fromOption(words, /^(?:--net|-n)=?\/(?:var\/)?run\/(?:docker\/)?netns\/([\w.-]+)$/);
  if (words[0] === 'kubectl' && words.includes('exec')) return podOf(words);
  return undefined;
}

const WITH_VALUE = new Set(['-n', '--namespace', '-c', '--container', '--context', '--kubeconfig']);

function podOf(words: readonly string[]): string | undefined {
  const end = words.indexOf('--');
  const own = words.slice(words.indexOf('exec') + 1, end < 0 ? undefined : end);
  return own.find((word, at) => !word.startsWith('-') && !WITH_VALUE.has(own[at - 1] ?? ''))?.replace(/^pods?\//, '');
}

export const labelOf = ({ host, argv }: Section): Label => ({ host, netns: netnsOf(argv) });
