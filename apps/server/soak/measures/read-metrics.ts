/** Numbers of one page of `/metrics`, by their names; of those with labels the first. */
export async function readMetrics<Name extends string>(
  url: string,
  names: readonly Name[],
): Promise<Readonly<Record<Name, number>>> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const entries = names.map((name) => {
    const [, value] = new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(text) ?? [];
    if (value === undefined) throw new Error(`/metrics has no ${name}`);
    return [name, Number(value)] as const;
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- one entry for each of the names
  return Object.fromEntries(entries) as Record<Name, number>;
}
