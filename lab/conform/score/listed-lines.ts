import { addressBytes } from '../stage/bytes.ts';

/** The line of `bridge vlan show` that tells a port's VLAN, and the same of one that nobody speaks; the port's name stands on its first line. */
export function vlanLine(text: string, port: string, vid: string): { readonly line: number; readonly text: string } | undefined {
  let owner = '';
  for (const [at, line] of text.split('\n').entries()) {
    owner = /^\S+/.exec(line)?.[0] ?? owner;
    const [, before = '', own, after = ''] = /^(\S*\s+)(\d+)(\b.*)$/.exec(line) ?? [];
    if (owner === port && own === vid) return { line: at + 1, text: `${before}${NOBODYS}${after}` };
  }
  return undefined;
}

const NOBODYS = 4094;

/** The lines of /proc/net/ip_vs that tell the virtual server of `ipvsadm -A …` or `-a …` and its real ones; the service is the first. */
export function serviceBlock(text: string, words: readonly string[]): readonly number[] {
  const key = keyOf(words);
  const lines = text.split('\n');
  const first = key === undefined ? -1 : lines.findIndex((line) => line.startsWith(`${key} `));
  if (first < 0) return [];
  const after = lines.findIndex((line, at) => at > first && !line.startsWith('  ->'));
  return Array.from({ length: (after < 0 ? lines.length : after) - first }, (_, at) => first + 1 + at);
}

/** The line of the real server of `ipvsadm -a … -r SERVER`. */
export function serverLine(text: string, words: readonly string[]): number | undefined {
  const place = placeOf(words[words.indexOf('-r') + 1] ?? '');
  const lines = text.split('\n');
  return place === undefined ? undefined : serviceBlock(text, words).find((line) => lines[line - 1]?.startsWith(`  -> ${place} `));
}

const PROTOCOLS: Readonly<Record<string, string>> = { '-t': 'TCP', '-u': 'UDP' };

/** How the kernel names it (net/netfilter/ipvs/ip_vs_ctl.c ip_vs_info_seq_show). */
function keyOf(words: readonly string[]): string | undefined {
  const [flag = '', named = ''] = words.slice(2, 4);
  if (flag === '-f') return `FWM  ${hex(Number(named), 8)}`;
  const place = placeOf(named);
  return PROTOCOLS[flag] === undefined || place === undefined ? undefined : `${PROTOCOLS[flag]}  ${place}`;
}

/** `10.96.0.10:53` or `[fd00::10]:53` in the kernel's words. */
function placeOf(named: string): string | undefined {
  const [, address = '', port] = /^\[?([^\]]+?)\]?:(\d+)$/.exec(named) ?? [];
  if (port === undefined) return undefined;
  const bytes = addressBytes(address).toString('hex');
  const at = bytes.length === 8 ? bytes.toUpperCase() : `[${bytes.match(/.{4}/g)?.join(':')}]`;
  return `${at}:${hex(Number(port), 4)}`;
}

const hex = (number: number, digits: number): string => number.toString(16).toUpperCase().padStart(digits, '0');
