import type { Scope } from '#snapshot/scope';

/** A name that is safe as one part of a path on every file system. */
export const pathPart = (text: string): string =>
  text
    .replace(/[^A-Za-z0-9.,:=+@-]+/g, '_')
    .replace(/^[.]+/, '_')
    .slice(0, 100) || '_';

/** Longer commands are cited by the name of their form. */
const LONGEST = 60;

/** The name by which evidence cites a reading: `nodes/D/ip_-d_-j_link_show`, `nodes/D/look-2/netns/web/ss_-tuanie`. */
export function entryName({ node, netns }: Scope, look: number, argv: readonly string[], format: string): string {
  const isFile = argv.length === 2 && argv[0] === 'cat';
  const words = argv.join(' ');
  const file = isFile ? (argv[1] ?? '').replace(/^\/+/, '') : argv[0] === 'sh' || words.length > LONGEST ? format : words;
  const folders = ['nodes', pathPart(node), ...(look === 1 ? [] : [`look-${look}`]), ...(netns === '' ? [] : ['netns', pathPart(netns)])];
  return [...folders, pathPart(file)].join('/');
}
