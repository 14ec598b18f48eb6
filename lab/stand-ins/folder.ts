import { fileURLToPath } from 'node:url';

/** The folder of this file, where the stand-ins' programs start from. */
export const STAND_INS = fileURLToPath(new URL('.', import.meta.url));

/** Small shell scripts with the names of the programs that they play. */
export const STAND_IN_BIN = `${STAND_INS}bin`;

/** Scripts that play a program only where the machine has none. */
export const FALLBACK_BIN = `${STAND_INS}fallback`;
