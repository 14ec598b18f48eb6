/**
 * Ends a command once all that it said was taken: what reads it may be a socket that is full, and `process.exit` loses what waits for room.
 */
export function ended(code: number): void {
  process.stdout.write('', () => process.exit(code));
}
