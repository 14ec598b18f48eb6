import { statSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { OBJECTS_FILE, readObjects } from '../kubectl/store.ts';
import { takeName } from '../own-name.ts';
import { tellReady } from '../ready.ts';
import { servicesIn } from './services.ts';
import { sync } from './sync.ts';

const LOOK_EVERY_MS = 200;

const version = (): number => statSync(OBJECTS_FILE).mtimeMs;
const [, network = ''] = /--cluster-cidr=(\S+)/.exec(takeName().join(' ')) ?? [];

process.on('SIGTERM', () => process.exit(0));
let seen = process.env['LAB_RESUME'] === '1' ? version() : 0;
if (seen !== 0) tellReady(String(seen));
for (;;) {
  if (version() !== seen) {
    seen = version();
    await sync(servicesIn(readObjects(), hostname()), network);
    tellReady(String(seen));
  }
  await wait(LOOK_EVERY_MS);
}
