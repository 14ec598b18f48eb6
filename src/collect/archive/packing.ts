/** One way to pack files that is neither written nor read here. */
type Packing = { readonly name: string; readonly endings: RegExp /** `null`: any byte. */; readonly begins: readonly (number | null)[] };

/** By the first bytes that their formats fix (PKWARE's APPNOTE 4.3.7, RFC 8878, the .xz, 7z, lz4, bzip2 and rar formats, compress). */
const OTHERS: readonly Packing[] = [
  { name: 'zip', endings: /\.zip$/i, begins: [0x50, 0x4b, 0x03, 0x04] },
  { name: '7z', endings: /\.7z$/i, begins: [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c] },
  { name: 'rar', endings: /\.rar$/i, begins: [0x52, 0x61, 0x72, 0x21, 0x1a, 0x07] },
  { name: 'xz', endings: /(\.tar)?\.xz$|\.txz$/i, begins: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00] },
  { name: 'bzip2', endings: /(\.tar)?\.bz2?$|\.tbz2?$/i, begins: [0x42, 0x5a, 0x68, null, 0x31, 0x41, 0x59, 0x26, 0x53, 0x59] },
  { name: 'zstd', endings: /(\.tar)?\.zst$|\.tzst$/i, begins: [0x28, 0xb5, 0x2f, 0xfd] },
  { name: 'lz4', endings: /(\.tar)?\.lz4$/i, begins: [0x04, 0x22, 0x4d, 0x18] },
  { name: 'lzip', endings: /(\.tar)?\.lz$|\.tlz$/i, begins: [0x4c, 0x5a, 0x49, 0x50, 0x01] },
  { name: 'compress', endings: /(\.tar)?\.Z$/, begins: [0x1f, 0x9d] },
];

/** How content is packed, where that is a way that is not read: by its first bytes. */
export const packingOf = (content: Buffer): string | undefined =>
  OTHERS.find(({ begins }) => begins.every((byte, at) => byte === null || content[at] === byte))?.name;

/** What is said of such content. */
export const notRead = (packing: string): string =>
  `is packed as ${packing}, which is not read: unpack it first; gzip alone is unpacked here`;

/** What a snapshot is written as under a name: a name that promises another kind of file gives none, but one that is written. */
export type FormOfName =
  | { readonly is: 'tar.gz' | 'tar' | 'folder' }
  | { readonly is: 'not written'; readonly promises: string; readonly instead: string };

/** By the end of the name; one that ends in `/` is a folder whatever stands before. */
export function formOfName(path: string): FormOfName {
  if (/\.(tar\.gz|tgz)$/i.test(path)) return { is: 'tar.gz' };
  if (/\.tar$/i.test(path)) return { is: 'tar' };
  const other = OTHERS.find(({ endings }) => endings.test(path));
  if (other !== undefined) return { is: 'not written', promises: `a ${other.name} file`, instead: path.replace(other.endings, '.tar.gz') };
  const plain = /\.(gz|json|txt)$/i.exec(path);
  if (plain === null) return { is: 'folder' };
  return { is: 'not written', promises: `a single .${plain[1]} file`, instead: `${path.slice(0, plain.index)}.tar.gz` };
}
