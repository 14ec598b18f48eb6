import { join } from 'node:path';
import { buildProgram, type GoProgram, lookUpProgram, type Program } from '../cache/go-program.ts';

export type { Program } from '../cache/go-program.ts';

const FLANNELD: GoProgram = {
  name: 'flanneld',
  module: join(import.meta.dirname, 'flanneld'),
  package: 'github.com/flannel-io/flannel',
  sources: ['go.mod', 'go.sum'],
  command: 'node lab/real/build.ts',
};

/** The real flanneld, if it was built before: nothing is fetched or compiled. */
export const lookUpFlanneld = (): Program => lookUpProgram(FLANNELD);

/** Builds the real flanneld from the Go module proxy unless it was; a cold build takes minutes. */
export const buildFlanneld = (): Promise<Program> => buildProgram(FLANNELD);
