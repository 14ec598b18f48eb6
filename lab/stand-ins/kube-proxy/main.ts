import { statSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { OBJECTS_FILE, readObjects } from '../kubectl/store.ts';
import { takeName } from '../own-name.ts';
import { tellReady } from '../ready.ts';
import { addressOf, servicesIn } from './services.ts';
import { sync } from './sync.ts';
import { syncNft, withoutIptables, type Written } from './sync-nft.ts';

const LOOK_EVERY_MS = 200;

const version = (): number => statSync(OBJECTS_FILE).mtimeMs;
const flags = takeName().join(' ');
const [, network = ''] = /--cluster-cidr=(\S+)/.exec(flags) ?? [];
const isNft = /--proxy-mode=nftables\b/.test(flags);
let written: Written | undefined;

/** Makes the node's rules what its objects ask for, in its mode. */
async function follow(): Promise<void> {
  const objects = readObjects();
  const services = servicesIn(objects, hostname());
  if (isNft) written = await syncNft(services, network, addressOf(objects, hostname()), written);
  else await sync(services, network);
}

process.on('SIGTERM', () => process.exit(0));
if (isNft) await withoutIptables();
let seen = process.env['LAB_RESUME'] === '1' ? version() : 0;
if (seen !== 0) tellReady(String(seen));
for (;;) {
  if (version() !== seen) {
    seen = version();
    await follow();
    tellReady(String(seen));
  }
  await wait(LOOK_EVERY_MS);
}
