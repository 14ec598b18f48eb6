import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What programs need of /etc; nothing secret, and nothing that says how this machine's own network is set up. */
const KEPT = [
  'alternatives',
  'bash.bashrc',
  'ca-certificates.conf',
  'ethertypes',
  'gai.conf',
  'group',
  'iproute2',
  'ld.so.cache',
  'ld.so.conf',
  'ld.so.conf.d',
  'localtime',
  'nsswitch.conf',
  'os-release',
  'passwd',
  'protocols',
  'rpc',
  'services',
];

/** Lays down, once for all machines of a lab, the files that each one's /etc starts from. */
export function layEtcTemplate(folder: string, from = '/etc'): void {
  mkdirSync(folder, { recursive: true });
  for (const name of KEPT) {
    const source = join(from, name);
    if (!existsSync(source)) continue;
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    cpSync(source, join(folder, name), { recursive: true, verbatimSymlinks: true });
  }
}
