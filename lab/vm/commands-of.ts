const record = (value: unknown): Readonly<Record<string, unknown>> => (typeof value === 'object' && value !== null ? { ...value } : {});
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** The commands that the first finding's plan prints, as a person would type them. */
export function commandsOf(json: string): readonly string[] {
  const [first] = list(record(JSON.parse(json))['findings']).map(record);
  return list(record(first?.['fix'])['steps']).flatMap((step) => {
    const { command } = record(step);
    return typeof command === 'string' ? [command] : [];
  });
}
