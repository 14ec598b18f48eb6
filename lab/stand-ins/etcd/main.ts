import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { takeName } from '../own-name.ts';
import { tellReady } from '../ready.ts';
import { etcdServer } from './server.ts';
import { type Saved, Store } from './store.ts';
import { V2Store } from './v2.ts';

const CLIENT_PORT = 2379;
const FILE = 'stand-in.json';

/** etcd's stand-in: `etcd --data-dir=DIR`. */
function main(): void {
  const argv = takeName();
  const folder = argv.find((word) => word.startsWith('--data-dir='))?.slice('--data-dir='.length) ?? 'default.etcd';
  const file = join(folder, FILE);
  mkdirSync(folder, { recursive: true });
  const store = new Store(Date.now);
  if (existsSync(file)) {
    const saved: Saved = JSON.parse(readFileSync(file, 'utf8')); // written by this very program, or by the lab
    store.load(saved);
  }
  const save = (): void => {
    if (!existsSync(folder)) return; // emptied under us: the next start begins anew
    writeFileSync(`${file}.new`, JSON.stringify(store.saved()));
    renameSync(`${file}.new`, file);
  };
  store.watch(0, save);
  const server = etcdServer(store, new V2Store());
  server.listen(CLIENT_PORT, '0.0.0.0', tellReady);
  process.on('SIGTERM', () => process.exit(0));
}

main();
