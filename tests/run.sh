#!/usr/bin/env bash
# Installs what the tests need where it is missing, builds (the layout is checked there), checks the knowledge, runs every test.
# The last line is always "N passed, N failed, N skipped". Arguments go to `dotnet test`.
set -uo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
problems=0
fail() { echo "FAILED: $*" >&2; problems=$((problems + 1)); }
stop() { fail "$*"; echo "0 passed, $problems failed, 0 skipped"; exit 1; }

# Debian packages: a browser with a Chinese font, Node for the real channel clients, and the servers of a cluster (the tests start their own).
sudo=; [ "$(id -u)" = 0 ] || sudo=sudo
listed=
install() {   # the lists of packages are fetched once, and only where something is missing
  [ -n "$listed" ] || { $sudo apt-get update -qq && listed=1; } || return
  $sudo apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}
[ -x /usr/bin/chromium-headless-shell ] || install chromium-headless-shell 2>/dev/null
missing=()
[ -x /usr/bin/chromium-headless-shell ] || [ -x /usr/bin/chromium ] || missing+=(chromium)
fc-list 2>/dev/null | grep -q wqy || missing+=(fonts-wqy-zenhei)
ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || missing+=(postgresql)
command -v redis-server >/dev/null || missing+=(redis-server)
node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 20 ? 0 : 1)' 2>/dev/null || missing+=(nodejs npm)
if [ ${#missing[@]} -gt 0 ]; then
  install "${missing[@]}" || fail "could not install ${missing[*]} (Debian packages); install them by hand"
fi
node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 20 ? 0 : 1)' 2>/dev/null || fail "Node 20 or later is needed for tests/peers"
(cd tests/peers && npm ci --ignore-scripts --no-audit --no-fund --silent) || fail "npm packages of tests/peers could not be installed"

dotnet build Outreach.sln -c Release -v q -clp:NoSummary || stop "the build"
dotnet bot/bin/Release/net10.0/Outreach.Bot.dll check-knowledge >/dev/null || fail "check-knowledge: run 'dotnet run --project bot -- check-knowledge'"

# What reads and writes most rows runs on PostgreSQL too, behind the others' backs; all of it does with OUTREACH_TEST_STORAGE=PostgreSql.
postgres=$(mktemp)
if [ $# = 0 ]; then
  OUTREACH_TEST_STORAGE=PostgreSql nice dotnet tests/Outreach.Tests/bin/Release/net10.0/Outreach.Tests.dll \
    $(printf -- '-class *.%sTests ' Audience CampaignDesk CampaignLaw LeadDesk LeadIntake LeadWorkflow ConversationGrain QuestionDesk DirectoryImports RouteRights) >"$postgres" 2>&1 &
fi

log=$(mktemp)
# One project after the other, the browser last: beside the load of other tests it is slow enough to miss its deadlines.
status=0
for project in tests/Outreach.Tests tests/Outreach.BrowserTests; do
  dotnet test --project $project -c Release --no-build --no-progress --ignore-exit-code 8 "$@" 2>&1 | tee -a "$log"
  [ "${PIPESTATUS[0]}" = 0 ] || status=1
done
count() { sed -n "s/^  $1: //p" "$log" | awk '{ sum += $1 } END { print sum + 0 }'; }
passed=$(count succeeded) failed=$(count failed) skipped=$(count skipped)
if [ $# = 0 ]; then
  wait
  grep -A12 'FAIL\]' "$postgres"
  if read -r total errors broken left < <(sed -n 's/.*Total: \([0-9]*\), Errors: \([0-9]*\), Failed: \([0-9]*\), Skipped: \([0-9]*\).*/\1 \2 \3 \4/p' "$postgres"); then
    passed=$((passed + total - broken - left)) failed=$((failed + errors + broken)) skipped=$((skipped + left))
  else
    fail "the tests on PostgreSQL did not run to their end: $(tail -3 "$postgres")"
  fi
fi
rm -f "$postgres"
sed 's/\x1b\[[0-9;]*m//g' "$log" | grep -E '^failed ' | sort -u      # once more at the end, where one looks first
rm -f "$log"
failed=$((${failed:-1} + problems))
[ "$status" = 0 ] || [ "$failed" -gt 0 ] || failed=1
echo "${passed:-0} passed, $failed failed, ${skipped:-0} skipped"
[ "$failed" = 0 ]
