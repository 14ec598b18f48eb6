import { basename } from 'node:path';
import { main } from './main.ts';
import { nodeWorld } from './node-world.ts';

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0); // the reader (head, less) has seen enough
});

process.exitCode = await main(
  process.argv.slice(2),
  nodeWorld(),
  basename(process.argv[1] ?? 'leadline')
    .replace(/\.(js|mjs|ts)$/, '')
    .replace(/^entry$/, 'leadline'),
);
