import { join } from 'node:path';
import { buildProgram, type GoProgram, lookUpProgram, type Program } from '../cache/go-program.ts';

/** np-guard's netpol-analyzer and Calico's selector parser behind lines of JSON. */
const JUDGE: GoProgram = {
  name: 'policy-judge',
  module: join(import.meta.dirname, 'judge'),
  package: '.',
  sources: ['go.mod', 'go.sum', 'main.go'],
  command: 'node lab/policies/build.ts',
};

/** The judge, if it was built before. */
export const lookUpJudge = (): Program => lookUpProgram(JUDGE);

/** Builds the judge unless it was: about a minute, cold. */
export const buildJudge = (): Promise<Program> => buildProgram(JUDGE);
