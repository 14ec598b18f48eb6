import type { Scope } from '#snapshot/scope';

/** A name of letters of three bytes stays below the 255 bytes that file systems allow. */
const LONGEST_PART = { ascii: 100, other: 60 };

/** A name that is safe as one part of a path on every file system. Letters of every script stay: they tell files and hosts apart. */
export function pathPart(text: string): string {
  const safe = text
    .normalize('NFC')
    .replace(/[^\p{L}\p{M}\p{N}.,:=+@-]+/gu, '_')
    .replace(/^[.]+/, '_');
  return [...safe].slice(0, /^[\x20-\x7e]*$/.test(safe) ? LONGEST_PART.ascii : LONGEST_PART.other).join('') || '_';
}

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
