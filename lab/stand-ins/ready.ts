import { writeFileSync } from 'node:fs';

/** Tells the lab's systemctl that this service is up; it waits for that, as systemd does for Type=notify. */
export function tellReady(): void {
  const path = process.env['LAB_READY'];
  if (path !== undefined && path !== '') writeFileSync(path, '');
}
