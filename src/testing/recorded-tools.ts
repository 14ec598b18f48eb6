import { readdirSync, readFileSync } from 'node:fs';
import type { FactOf, KindId } from '#facts/kinds';
import type { Format, Parsed } from '#parsers/format';
import { sections } from '#parsers/transcript';
import { onNode } from '#snapshot/scope';

/** The userlands whose tools' outputs are recorded. */
export const USERLANDS = ['debian-11', 'debian-12', 'debian-13', 'busybox'] as const;

/** What the clients of each Debian print of addresses that answer, refuse, are silent and cannot be reached. */
export const CLIENTS = ['clients/debian-11', 'clients/debian-12', 'clients/debian-13'] as const;

/** What systemctl and journalctl of each Debian print of a systemd that was really booted. */
export const UNITS = ['units/debian-11', 'units/debian-12', 'units/debian-13'] as const;

/** What Debian 12's tools and its own kernel print of VLANs, WireGuard and IPVS. */
export const GUESTS = ['guest/debian-12'] as const;

/** What was recorded elsewhere in the same form: rules that a real kube-proxy wrote, tables that a real kubectl printed. */
export type Userland =
  | (typeof USERLANDS)[number]
  | (typeof CLIENTS)[number]
  | (typeof UNITS)[number]
  | (typeof GUESTS)[number]
  | 'kube-proxy'
  | 'kubectl';

/** What a client meets at an address, as the recorded network was built. */
export type Met = 'answered' | 'refused' | 'silent' | 'unreachable';

/** What is really so of each address that the recorded clients asked. */
export const metAt = (): Readonly<Record<string, { readonly met: Met }>> =>
  JSON.parse(readFileSync(new URL('../../lab/recorded-tools/clients/met.json', import.meta.url), 'utf8'));

const folder = (userland: Userland): URL => new URL(`../../lab/recorded-tools/${userland}/`, import.meta.url);

/** The names of the recorded outputs of a userland, without their ending. */
export const recordedNames = (userland: Userland): readonly string[] =>
  readdirSync(folder(userland))
    .filter((name) => name.endsWith('.txt'))
    .map((name) => name.slice(0, -'.txt'.length))
    .sort();

export const recordedText = (userland: Userland, name: string): string => readFileSync(new URL(`${name}.txt`, folder(userland)), 'utf8');

/** What a format makes of a recorded output, whose notes tell the command. */
export function parseRecorded(format: Format, userland: Userland, name: string): Parsed {
  const [section] = sections(recordedText(userland, name));
  const { argv = [], exit = null, text = '' } = section ?? {};
  return format.parse({ file: name, scope: onNode('A'), argv, exit, look: 1, text, clock: undefined });
}

/** Facts by their key, without origins and without what is not told. */
export function byKey<K extends KindId>(parsed: Parsed, kind: K, key: (fact: FactOf<K>) => string): ReadonlyMap<string, FactOf<K>> {
  const facts = parsed.readings.flatMap((one) => (one.kind === kind ? (one.facts as unknown as readonly FactOf<K>[]) : []));
  return new Map(facts.map((fact) => [key(fact), fact]));
}
