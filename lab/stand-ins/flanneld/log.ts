/** One line in klog's form; the place is where flannel v0.28.4 says it. */
export function log(level: 'I' | 'W' | 'E', place: string, text: string): void {
  const now = new Date();
  const two = (value: number): string => `${value}`.padStart(2, '0');
  const day = two(now.getUTCMonth() + 1) + two(now.getUTCDate());
  const time = `${two(now.getUTCHours())}:${two(now.getUTCMinutes())}:${two(now.getUTCSeconds())}.${`${now.getUTCMilliseconds()}`.padStart(3, '0')}000`;
  process.stderr.write(`${level}${day} ${time} ${`${process.pid}`.padStart(7)} ${place}] ${text}\n`);
}
