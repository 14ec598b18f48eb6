import { join } from 'node:path';
import { buildProgram, type GoProgram, type Program } from '../cache/go-program.ts';

/** What runs commands in the guest. */
const AGENT: GoProgram = {
  name: 'agent',
  module: join(import.meta.dirname, 'guest'),
  package: '.',
  sources: ['go.mod', 'main.go'],
  ldflags: ['-s', '-w'],
  isStatic: true,
  command: 'node lab/vm/build.ts',
};

export const buildAgent = (): Promise<Program> => buildProgram(AGENT);
