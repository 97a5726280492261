# SPDX-License-Identifier: MIT
# Completion of wsconform's command line for bash.
# shellcheck shell=bash

_wsconform() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
    local command=${COMP_WORDS[1]:-} i
    COMPREPLY=()

    # Behind `--` stands a command of the user's.
    for ((i = 1; i < COMP_CWORD; i++)); do
        if [[ ${COMP_WORDS[i]} == -- ]]; then
            mapfile -t COMPREPLY < <(compgen -c -f -- "$word")
            return
        fi
    done

    if ((COMP_CWORD == 1)); then
        mapfile -t COMPREPLY < <(compgen -W 'server client cases echo schema --help --version' -- "$word")
        return
    fi

    case $before in
        --fault | --variant)
            mapfile -t COMPREPLY < <(compgen -W "$("${COMP_WORDS[0]}" echo --list-faults 2>/dev/null |
                awk -v kind="${before#--}" '$1 == kind { print $2 }')" -- "$word")
            return
            ;;
        --level) mapfile -t COMPREPLY < <(compgen -W 'must should' -- "$word") && return ;;
        --fail-on) mapfile -t COMPREPLY < <(compgen -W 'fail warn' -- "$word") && return ;;
        --delivery) mapfile -t COMPREPLY < <(compgen -W 'whole octets headers slow all' -- "$word") && return ;;
        --profile) mapfile -t COMPREPLY < <(compgen -W 'echo sink handshake' -- "$word") && return ;;
        --role) mapfile -t COMPREPLY < <(compgen -W 'server client' -- "$word") && return ;;
        --cases | --autobahn-out) mapfile -t COMPREPLY < <(compgen -d -- "$word") && return ;;
        -o | --output | --spec) mapfile -t COMPREPLY < <(compgen -f -- "$word") && return ;;
        --run | --skip | show)
            mapfile -t COMPREPLY < <(compgen -W "$("${COMP_WORDS[0]}" cases list 2>/dev/null |
                awk '$1 ~ /^[0-9.]+\// { print $1 }')" -- "$word")
            return
            ;;
        -j | --jobs | --seed | --timeout | -H | --header | --origin | --subprotocol | --listen | \
            --connect | --agent | --idle) return ;;
    esac

    case $command in
        server)
            mapfile -t COMPREPLY < <(compgen -W '-j --jobs --run --skip --level --fail-on --big --seed
                --timeout -H --header --origin --subprotocol --delivery --profile --cases -o --output -v --verbose
                -q --quiet --show-secrets --exhaust --i-own-this-target --autobahn-cases --autobahn-out
                --spec --help --' -- "$word")
            ;;
        client)
            mapfile -t COMPREPLY < <(compgen -W '-j --jobs --run --skip --level --fail-on --big --seed
                --timeout --delivery --profile --cases -o --output -v --verbose -q --quiet --show-secrets
                --listen --once --idle --agent --browser --browser=chromium --browser=firefox
                --autobahn-cases --autobahn-out --spec --help --' -- "$word")
            ;;
        cases)
            if ((COMP_CWORD == 2)); then
                mapfile -t COMPREPLY < <(compgen -W 'list show check coverage' -- "$word")
            elif [[ ${COMP_WORDS[2]} == check ]]; then
                mapfile -t COMPREPLY < <(compgen -d -- "$word")
            elif [[ ${COMP_WORDS[2]} == list ]]; then
                mapfile -t COMPREPLY < <(compgen -W '--run --role --cases' -- "$word")
            elif [[ ${COMP_WORDS[2]} == coverage ]]; then
                mapfile -t COMPREPLY < <(compgen -W '--role' -- "$word")
            else
                mapfile -t COMPREPLY < <(compgen -W '--cases' -- "$word")
            fi
            ;;
        echo) mapfile -t COMPREPLY < <(compgen -W '--listen --connect --driver --agent --fault --variant --list-faults
            --help' -- "$word") ;;
        schema) mapfile -t COMPREPLY < <(compgen -W 'report case fuzz' -- "$word") ;;
    esac
}

complete -F _wsconform wsconform
