# Every target is one script in scripts/; variables given here reach it as its environment.

# The pinned Node that npm installed, or the machine's own where there is no such package.
NODE = $(shell test -x node_modules/.bin/node && echo node_modules/.bin/node || echo node)
INSTALLED = node_modules/.restofy
# What only the cluster and AWS need comes when they are first used: host mode does without these 600 MB.
K8S = node_modules/.restofy-k8s
INFRA = node_modules/.restofy-infra

# What Node has compiled once is kept for the next process: a service starts in half the CPU.
export NODE_COMPILE_CACHE = $(CURDIR)/node_modules/.cache/node

.DEFAULT_GOAL := help
.PHONY: help up down status logs tui order seed scale test check load bench drill verify chaos rebuild agree redrive saga cost aws-down jobs fmt

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

up: $(INSTALLED) ## start everything, place one order, print the URLs (MODE=host|kind, INSTANCES="order=2", PORT_OFFSET=20000)
	@$(NODE) scripts/up.ts

down: $(INSTALLED) ## end everything that up started (PURGE=1 also removes the data)
	@$(NODE) scripts/down.ts

status: $(INSTALLED) ## one line per process
	@$(NODE) scripts/status.ts

logs: $(INSTALLED) ## recent log lines (S=order for one process, F=1 follows, ORDER=<id> for one order)
	@$(NODE) scripts/logs.ts

.PHONY: dashboards render
dashboards: $(INSTALLED) ## draw every board and an order's trace into one page (MINUTES=30 S=order)
	@$(NODE) scripts/dashboards.ts

render: $(INSTALLED) ## write the Grafana boards that are committed
	@$(NODE) scripts/render.ts

tui: $(INSTALLED) ## live monitor of all processes
	@$(NODE) scripts/tui.ts

order: $(INSTALLED) ## place an order and draw its journey (TOKEN=tok_declined)
	@$(NODE) scripts/order.ts

seed: $(INSTALLED) ## make the sandbox logins and restaurant
	@$(NODE) scripts/seed.ts

scale: $(INSTALLED) ## run N instances of a service (S=order N=2)
	@$(NODE) scripts/scale.ts

.PHONY: fuzz
fuzz: $(INSTALLED) ## what the running API documents, and much that it refuses: no 5xx, nothing undocumented (SECS=60 CASES=100 SEED=1)
	@$(NODE) scripts/fuzz.ts

.PHONY: images deploy kind-e2e
images: $(K8S) ## build the image of every service; print its size and how soon it is ready
	@$(NODE) scripts/images.ts

deploy: $(K8S) ## roll one service out in the cluster, watched (S=order WATCH_SECS=60)
	@$(NODE) scripts/deploy.ts

kind-e2e: $(K8S) ## prove a cluster from nothing to nothing: fences, sight, rollouts under load, a release taken back (RATE=20)
	@$(NODE) scripts/kind-e2e.ts

test: $(K8S) $(INFRA) ## run all tests
	@$(NODE) scripts/test.ts

check: $(K8S) $(INFRA) ## format, lint, types, architecture, alerts, the cluster's objects, Dockerfiles
	@$(NODE) scripts/check.ts

load: $(INSTALLED) ## k6 against the running platform (PROFILE=smoke|load RATE=50 SECS=60)
	@$(NODE) scripts/load.ts

bench: $(INSTALLED) ## measure the running platform (RATE=50 SECS=60), or one part (WHAT=orders|rebuild|menu|rpc|telemetry)
	@$(NODE) scripts/bench$(if $(WHAT),-$(WHAT)).ts

drill: $(INSTALLED) ## break the running platform, wait for the alert, heal (FAULT=payment-down,broker-blocked)
	@$(NODE) scripts/drill.ts

verify: $(INSTALLED) ## one JSON verdict over all databases, ledger and queues (WAIT=30, HISTORY=file)
	@$(NODE) scripts/verify.ts

chaos: $(INSTALLED) ## kill things while orders flow, then verify (ORDERS=600 KILLS=24 SEED=1 | POINTS=all | CONTROL=all | OUTAGE=broker|alarm|failover|flood | NODES=3 | BANK=50000)
	@$(NODE) scripts/chaos$(if $(NODES),-cluster,$(if $(BANK),-bank)).ts

rebuild: $(INSTALLED) ## make what a service derives from events again, and compare (S=order|tracking, CHECK=1, ORDER=<id>)
	@$(NODE) scripts/rebuild.ts

saga: $(INSTALLED) ## sagas that wait for a human (ORDER=<id> for one, ACTION=retry|compensate moves it)
	@$(NODE) scripts/saga.ts

redrive: $(INSTALLED) ## move dead letters back to their queue (QUEUE=notification.orders DRY_RUN=1)
	@$(NODE) scripts/redrive.ts

agree: $(INSTALLED) ## remember today's message schemas as agreed; refuses what is not compatible
	@$(NODE) scripts/agree.ts

.PHONY: infra outputs token-key
infra: $(INFRA) ## synthesise the AWS stacks and check them: our rules, the provider's schema, checkov
	@$(NODE) --no-deprecation scripts/infra.ts

outputs: $(INFRA) ## write what a deployed AWS environment hands over to its cluster (ENV=dev)
	@$(NODE) --no-deprecation scripts/outputs.ts

token-key: $(INSTALLED) ## print a new signing key for access tokens, for an environment's secrets
	@$(NODE) scripts/token-key.ts

cost: $(INFRA) ## what an AWS environment costs per month (ENV=dev), and a million orders in it
	@$(NODE) --no-deprecation scripts/cost.ts

.PHONY: infra-emulate aws-diff aws-up
infra-emulate: $(INFRA) ## build, plan and destroy an environment in an emulated AWS account (ENV=dev)
	@$(NODE) --no-deprecation scripts/infra-emulate.ts

aws-diff: $(INFRA) ## what aws-up would change (ENV=dev)
	@DIFF=1 $(NODE) --no-deprecation scripts/aws-up.ts

aws-up: $(INFRA) ## bring an AWS environment to what its stacks say, if it may cost that (ENV=dev)
	@$(NODE) --no-deprecation scripts/aws-up.ts

.PHONY: aws-deploy
aws-deploy: $(INFRA) ## deploy images to an AWS environment, go back when an objective is missed (ENV=dev TAG=<commit>)
	@$(NODE) --no-deprecation scripts/aws-deploy.ts

aws-down: $(INFRA) ## take an AWS environment down, then look for leftovers (ENV=dev)
	@$(NODE) --no-deprecation scripts/aws-down.ts

jobs: $(INSTALLED) ## e-mails that could not be sent, and why (RETRY=1 tries them again)
	@$(NODE) scripts/jobs.ts

fmt: $(INSTALLED) ## format every file
	@node_modules/.bin/biome check --write .

$(INSTALLED): package-lock.json
	@command -v npm > /dev/null || { echo 'Restofy needs npm, which comes with Node.js: https://nodejs.org'; exit 1; }
	@echo 'installing npm packages (about a minute the first time)'
	@npm ci --workspaces=false --no-audit --no-fund --loglevel=error
	@touch $@
	@PATH="$$PWD/node_modules/.bin:$$PATH" node -e 'const [a, b, c] = process.versions.node.split(".").map(Number); process.exit(a * 1e6 + b * 1e3 + c < 24011001 ? 1 : 0)' || { echo 'Restofy needs Node 24.11.1 or newer: https://nodejs.org'; rm $@; exit 1; }

$(K8S): $(INSTALLED)
	@echo 'installing the npm packages of deploy/k8s'
	@npm install --no-save --workspace deploy/k8s --include-workspace-root --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

$(INFRA): $(K8S)
	@echo 'installing the npm packages of infra/terraform-cdk'
	@npm install --no-save --workspace infra/terraform-cdk --include-workspace-root --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@
