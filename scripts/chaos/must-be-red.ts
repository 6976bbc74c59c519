/** Without its safeguard a check has to fail, and for the reason it is there for. */
export async function mustBeRed(
  control: string,
  reason: new (...args: never[]) => Error,
  verdict: Promise<void>,
): Promise<void> {
  const noticed = await verdict.catch((error: Error) => error)
  if (!noticed) throw new Error(`${control} went unnoticed`)
  if (!(noticed instanceof reason)) throw noticed
  console.log(`${control}: red as it must be, ${noticed.message}`)
}
