/* A short table of twins, written for this project. */
#include "text/abbreviation.h"

#include <string.h>

struct bytes clus__abbreviation_twin(struct bytes word)
{
    static const char *const twins[][2] = {
        {"ИТ", "IT"},   {"ИИ", "AI"},   {"ИКТ", "ICT"},   {"ПК", "PC"},     {"ЕС", "EU"},
        {"ООН", "UN"},  {"США", "USA"}, {"НАТО", "NATO"}, {"ВВП", "GDP"},   {"МВФ", "IMF"},
        {"ВОЗ", "WHO"}, {"КПЭ", "KPI"}, {"ВТО", "WTO"},   {"ОЭСР", "OECD"}, {"ГЧП", "PPP"},
    };
    for (size_t i = 0; i < sizeof twins / sizeof twins[0]; i++) {
        for (int k = 0; k < 2; k++) {
            const char *other = twins[i][1 - k];
            if (strlen(twins[i][k]) == word.len &&
                memcmp(twins[i][k], word.data, word.len) == 0)
                return (struct bytes){(const uint8_t *)other, strlen(other)};
        }
    }
    return (struct bytes){NULL, 0};
}
