import { defineFormat, type Format } from './format.ts';

/** A format that is known by its shape and kept as it is: no fact depends on it yet, and it says so where it is listed. */
export const keptFormat = (id: string, is: string, recognise: Format['recognise']): Format =>
  defineFormat({ id, is: `${is}, kept: nothing of it is used yet`, tells: [], recognise, parse: () => ({ readings: [], problems: [] }) });
