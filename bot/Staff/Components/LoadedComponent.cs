using Microsoft.AspNetCore.Components;

namespace Outreach.Staff.Components;

/// <summary>
/// Base of every page and piece of the console: drawn only when it has loaded. <see cref="ComponentBase"/> draws once more at the first wait, when what is loaded is still null;
/// nobody would see that drawing, since a page is sent whole.
/// </summary>
public abstract class LoadedComponent : ComponentBase
{
    private bool _loaded;

    public sealed override async Task SetParametersAsync(ParameterView parameters)
    {
        parameters.SetParameterProperties(this);
        if (!_loaded)
        {
            _loaded = true;
            OnInitialized();
            await OnInitializedAsync();
        }
        OnParametersSet();
        await OnParametersSetAsync();
        StateHasChanged();
    }
}
