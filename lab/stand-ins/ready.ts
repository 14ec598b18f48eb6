import { writeFileSync } from 'node:fs';
import module from 'node:module';

/** Tells the lab's systemctl that this service is up; it waits for that, as systemd does for Type=notify. */
export function tellReady(): void {
  const path = process.env['LAB_READY'];
  if (path !== undefined && path !== '') writeFileSync(path, '');
  module.flushCompileCache?.(); // a service is killed, and Node would write only at its own end
}
