import type { Entry } from '#snapshot/snapshot';
import { isCaptureFile } from '#parsers/capture-file/frames';
import { captureText } from '#parsers/capture-file/text';
import { asSeen } from '#parsers/terminal';
import { type Section, sections } from '#parsers/transcript';
import { type Archive, archiveOf } from '../archive/archive.ts';
import { notRead, packingOf } from '../archive/packing.ts';
import { looksLikeTar } from '../archive/tar.ts';
import { redactObjects } from '../redaction/objects.ts';
import { redact } from '../redaction/redact.ts';
import { pathPart } from '../stream/entry-name.ts';
import type { Brought, Pile } from './gather.ts';
import { joinNamespaces, type Joined } from './join.ts';
import { labelOf } from './label.ts';
import { type Sorting, type Spot, sortingOf, spotOf, tellsOfHost } from './place.ts';

type Reading = { readonly entry: Omit<Entry, 'parts'>; readonly content: Buffer };

/** A file that was left out, and why. */
export type Ignored = { readonly file: string; readonly why: string };

/** What came of an import: the snapshot, which namespaces found their nodes, and the files that are no texts. */
export type Imported = { readonly archive: Archive; readonly joined: readonly Joined[]; readonly ignored: readonly Ignored[] };

/** Longer files are no outputs of commands. */
const LONGEST = 256 * 1024 * 1024;

/** A snapshot out of folders and files of command outputs, each recognised by its content when it is read. */
export function importPiles(piles: readonly Pile[], node: string | undefined, version: string): Imported {
  const names = new Set<string>();
  const readings = piles.flatMap((pile) => readingsOf(pile, node, names));
  const index = { format: 'leadline-snapshot', version: 1, tool: { name: 'leadline', version }, clocks: [], gaps: [] } as const;
  const ignored = piles.flatMap((pile) =>
    pile.files.filter((file) => !isText(file)).map((file) => ({ file: pathOf(pile, file), why: unreadable(file) })),
  );
  return { ...joinNamespaces(archiveOf(index, readings)), ignored };
}

function readingsOf(pile: Pile, node: string | undefined, names: Set<string>): readonly Reading[] {
  const texts = pile.files.filter(isText).map((file) => ({ file, parts: sectionsOf(redact(textOf(file))) }));
  const own = texts.filter(({ file }) => file.folders.length === 0).flatMap(({ parts }) => parts);
  const hosts = new Set(own.map(({ host }) => host).filter((host) => host !== undefined));
  const [only] = hosts;
  const sorting = sortingOf(pile, own.some(tellsOfHost), node ?? (hosts.size === 1 ? only : undefined));
  return texts.flatMap(({ file, parts }) => readingsOfFile(pile, file, parts, sorting, names));
}

/** Each command's output; of objects the whole output tells what is secret in them. */
const sectionsOf = (text: string): readonly Section[] =>
  sections(text).map((section) => ({ ...section, text: redactObjects(section.text) }));

/** A file of several commands is one reading for each place that they were run at; lines keep their numbers. */
function readingsOfFile(pile: Pile, file: Brought, parts: readonly Section[], sorting: Sorting, names: Set<string>): readonly Reading[] {
  const spot = spotOf(file.folders, sorting);
  const path = pathOf(pile, file);
  return parts.map((section) => {
    const scope = scopeOf(section, spot, sorting);
    return {
      entry: { scope, file: freeName(path, names), argv: section.argv, exit: section.exit, look: 1 },
      content: Buffer.from(section.text),
    };
  });
}

/** A prompt that names a host speaks before the folder only where the folder does not name one. */
function scopeOf(section: Section, spot: Spot | undefined, sorting: Sorting): Spot {
  const { host, netns } = labelOf(section);
  const named = host === undefined ? undefined : pathPart(host);
  const node = sorting.by === 'one host' ? (named ?? spot?.node) : (spot?.node ?? named);
  if (node === undefined) return { node: '', netns: '' };
  return { node, netns: netns === undefined ? (node === spot?.node ? spot.netns : '') : pathPart(netns) };
}

const pathOf = (pile: Pile, { folders, name }: Brought): string =>
  [...(pile.isFolder ? [pile.name] : []), ...folders, name].map(pathPart).join('/');

function freeName(path: string, names: Set<string>): string {
  let free = path;
  for (let number = 2; names.has(free); number += 1) free = `${path}~${number}`;
  names.add(free);
  return free;
}

/** What a file says in words: itself, or the packets of a capture file. */
const textOf = ({ content }: Brought): string =>
  isCaptureFile(content) ? captureText(content) : asSeen(new TextDecoder(encodingOf(content)).decode(content).replaceAll('\0', ''));

/** By its byte order mark, which a decoder takes away: PowerShell writes UTF-16 where a command's output goes to a file. */
const encodingOf = ([first, second]: Buffer): 'utf-8' | 'utf-16le' | 'utf-16be' =>
  first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';

/** `iptables -L` and `nft` end the program of a bpf match with a NUL. */
const MOST_NULS = 1 / 100;

function unreadable({ content }: Brought): string {
  if (looksLikeTar(content)) return 'a tar, to be named by itself';
  const packing = packingOf(content);
  return packing === undefined ? 'no text' : notRead(packing);
}

/** Not a picture, not a core. Packet captures have a reader of their own. */
function isText({ content }: Brought): boolean {
  if (content.length > LONGEST || packingOf(content) !== undefined) return false;
  const head = content.subarray(0, 8192);
  if (isCaptureFile(content) || encodingOf(content) !== 'utf-8') return true;
  return head.reduce((nuls, byte) => nuls + (byte === 0 ? 1 : 0), 0) <= head.length * MOST_NULS;
}
