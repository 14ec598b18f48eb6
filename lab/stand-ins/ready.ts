import { writeFileSync } from 'node:fs';
import module from 'node:module';

/** Tells the lab's systemctl that this service is up; it waits for that, as systemd does for Type=notify. What it has followed may be told, too. */
export function tellReady(followed = ''): void {
  const path = process.env['LAB_READY'];
  if (path !== undefined && path !== '') writeFileSync(path, followed);
  module.flushCompileCache?.(); // a service is killed, and Node would write only at its own end
}
