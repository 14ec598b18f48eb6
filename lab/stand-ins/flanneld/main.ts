import { takeName } from '../own-name.ts';
import { tellReady } from '../ready.ts';
import { runDaemon } from './daemon.ts';
import { log } from './log.ts';
import { readOptions } from './options.ts';

const argv = takeName();
process.on('SIGTERM', () => {
  log('I', 'main.go:518', 'shutdownHandler sent cancel signal...');
  log('I', 'main.go:506', 'Exiting cleanly...');
  process.exit(0);
});
process.exit(await runDaemon(readOptions(argv.slice(1)), process.env['LAB_RESUME'] === '1', tellReady));
