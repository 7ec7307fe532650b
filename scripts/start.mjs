// The first five minutes, as somebody would type them: train, evaluate, predict. npm start.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import "./build.mjs";

const data = "datasets/breast-cancer-wisconsin-diagnostic/breast-cancer-wisconsin-diagnostic.csv";
const run = "runs/tumor-1";

pullone("train", "configs/tumor.jsonc", "--force");
pullone("evaluate", `${run}/model.safetensors`);
pullone(
  "predict",
  `${run}/model.safetensors`,
  data,
  "--keep",
  "diagnosis",
  "--output",
  `${run}/predictions.csv`,
);
print("The predictions of all 569 rows, those it was trained on among them, are in");
print(`  ${run}/predictions.csv`);
print("");
print("Next");
print(`  npx pullone inspect ${run}/model.safetensors  what the model holds`);
print("  npx pullone train YOUR.csv --label COLUMN           the same with a table of your own");
print("  npx pullone --help                                  everything else; README.md has the whole tour");

/** Shows a command, runs it, and ends with its exit code when it fails. */
function pullone(...argv) {
  print(`$ npx pullone ${argv.join(" ")}`);
  const { status } = spawnSync(process.execPath, ["dist/cli/main.js", ...argv], {
    cwd: fileURLToPath(new URL("..", import.meta.url)),
    stdio: "inherit",
  });
  if (status !== 0) process.exit(status ?? 1);
  print("");
}

function print(line) {
  process.stdout.write(`${line}\n`);
}
