import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Scenario } from './vocabulary.ts';

const FAULTS = fileURLToPath(new URL('../src/faults', import.meta.url));
const fileOf = (fault: string): string => join(FAULTS, fault, 'scenario.ts');

/** The faults that have a scenario, by name; none on a Node that cannot read TypeScript. */
export function scenarioIds(): readonly string[] {
  if (!existsSync(FAULTS) || !process.features.typescript) return [];
  return readdirSync(FAULTS)
    .filter((fault) => existsSync(fileOf(fault)))
    .sort();
}

const MOST_NEAR = 5;

/** Scenarios that share a word with the name; else where they are listed. */
function hintFor(name: string): string {
  const words = name.split('-').filter((word) => word.length > 3);
  const near = scenarioIds().filter((id) => id.includes(name) || words.some((word) => id.includes(word)));
  return near.length > 0 ? `near: ${near.slice(0, MOST_NEAR).join(', ')}` : 'npm start -- --list shows them';
}

const isScenario = (value: unknown): value is Scenario =>
  typeof value === 'object' && value !== null && 'fault' in value && 'play' in value && 'twins' in value && 'title' in value;

/** Loads one fault's scenario, by its name or by its file: the only thing of the product that the lab reads. */
export async function loadScenario(fault: string): Promise<Scenario> {
  const file = fault.endsWith('.ts') ? resolve(fault) : fileOf(fault);
  if (!fault.endsWith('.ts') && !/^[a-z0-9-]+$/.test(fault)) throw new Error(`${fault} is not the name of a fault`);
  if (!existsSync(file)) throw new Error(`no scenario ${fault}; ${hintFor(fault)}`);
  const loaded: unknown = await import(pathToFileURL(file).href);
  const scenario = typeof loaded === 'object' && loaded !== null && 'default' in loaded ? loaded.default : undefined;
  if (!isScenario(scenario)) throw new Error(`${file} has no scenario as its default export`);
  if (!fault.endsWith('.ts') && scenario.fault !== fault) throw new Error(`${file} is of the fault ${scenario.fault}`);
  return scenario;
}
